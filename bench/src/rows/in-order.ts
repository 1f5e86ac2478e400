/** Whether those that are left of a list are its last ones, in its order: then all before them went in order. */
export function isEndOf(left: readonly string[], list: readonly string[]): boolean {
  const start = list.length - left.length;
  return left.every((each, index) => each === list[start + index]);
}
