/** Where the bank's days begin: what limits are set with from now on. */
export class BusinessZone {
  constructor(readonly name: string) {}
}
