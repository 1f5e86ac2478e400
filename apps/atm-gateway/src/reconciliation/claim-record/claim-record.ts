import { gatewayUseCase } from '../../gateway-rows.js';
import { changed, newRecord, recordKey, type RecordPlace } from '../taken-record.js';

/** Should whoever claimed it come to nothing, another one may try after this. */
const claimedForMs = 600_000;

/** Of all who find a record due only the first gets it: it is fetched once, however many look. */
export const claimRecord = gatewayUseCase({
  name: 'claim-record',
  needs: (place: RecordPlace) => ({ records: [recordKey(place)] }),
  decide: (place, rows, { now, newId }) => {
    const known = rows.get('records', recordKey(place));
    if (known && (known.nextAt === undefined || known.nextAt > now)) return { reply: { status: 200, body: { isClaimed: false } } };
    const nextAt = new Date(now.getTime() + claimedForMs);
    const record = known ? changed(known, { nextAt }, now) : { ...newRecord(place, newId('rec'), now), nextAt };
    return { put: { records: [record] }, reply: { status: 200, body: { isClaimed: true } } };
  },
});
