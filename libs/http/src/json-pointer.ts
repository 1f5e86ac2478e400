/** A member's or item's place below another (RFC 6901). Names that clients make up are shortened, and hold nothing that has no UTF-8 form. */
export function pointerTo(parent: string, place: string | number): string {
  return `${parent}/${typeof place === 'number' ? place : escaped(place)}`;
}

export function clipped(name: string): string {
  return name.length > 64 ? `${name.slice(0, 64)}…` : name;
}

function escaped(name: string): string {
  return clipped(name).toWellFormed().replaceAll('\0', '\ufffd').replaceAll('~', '~0').replaceAll('/', '~1');
}
