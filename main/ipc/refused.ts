// What a duty throws when it will not, in words for the person. Promises: nothing else of an error reaches the page.
// Leaves alone: who says so to whom (handle.ts).

/** Its message is for the person; every other error is reported and told only as that something failed. */
export class Refused extends Error {
  override readonly name = 'Refused'
}
