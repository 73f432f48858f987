// An update that is not applied. Promises: its message is a sentence for people. Leaves alone: errors of the disk, which stay what they are.

export class UpdateRefusal extends Error {
  override readonly name = 'UpdateRefusal'
}
