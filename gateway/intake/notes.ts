// What an intake has to say about single keys of what it read: warnings, protections it cannot keep, mistakes.
// Promises: a note names its key; where it came from a file, its line. Leaves alone: what becomes of the notes.

export type Path = readonly (string | number)[]

/**
 * warning: named, without effect · protective: the key asked for a protection that would silently be missing ·
 * mistake: the value cannot mean anything here.
 */
export type NoteKind = 'warning' | 'protective' | 'mistake'
export interface Note {
  readonly kind: NoteKind
  readonly path: Path
  /** What is to be said of the key, as the rest of a sentence: "is not enforced by this version". */
  readonly text: string
}

export const note = (kind: NoteKind, path: Path, text: string): Note => ({ kind, path, text })

export const noteSentence = (one: Note): string => `${pathText(one.path)} ${one.text}.`

/** `model_list[0].litellm_params.api_key` */
export function pathText(path: Path): string {
  return path.reduce<string>((text, part) => (typeof part === 'number' ? `${text}[${String(part)}]` : text === '' ? part : `${text}.${part}`), '')
}
