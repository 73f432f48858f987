// Many items at the end of a list.
// Promises: any number of them. `push(...items)` puts each on the stack, and from about 120,000 on that is a RangeError. Leaves alone: the items.

export function addAll<Item>(list: Item[], items: readonly Item[]): void {
  for (const item of items) list.push(item)
}
