import { walletUseCase } from '../../wallet-rows.js';
import { shortageOf, type Shortage } from '../shortage.js';

/** Money went out after its hold had been given back: never dropped, it stands as something to be collected. */
export const postShortage = walletUseCase({
  name: 'post-shortage',
  needs: ({ sagaId }: Shortage) => ({ transactions: [sagaId] }),
  decide: (shortage, rows, { now }) => (rows.get('transactions', shortage.sagaId) ? {} : shortageOf(shortage, now)),
});
