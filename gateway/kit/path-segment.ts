// One piece of a URL's path, made of a name.
// Promises: decoded, it is the name again, whatever signs that holds. Leaves alone: paths of several pieces.

/** `@` may stand in it as it is (RFC 3986, 3.3), and Google's documentation has it so. */
export const toSegment = (name: string): string => encodeURIComponent(name).replaceAll('%40', '@')
