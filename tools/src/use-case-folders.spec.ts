import { transferSaga } from '@falconpay/contracts/sagas/transfer.saga';
import { stepsWithoutFolder, useCaseFoldersIn } from './use-case-folders.js';

describe('use case folders', () => {
  it('are the folders of verbs below an aggregate', () => {
    const paths = [
      'apps/wallet/src/main.ts',
      'apps/wallet/src/ledger/ledger.ts',
      'apps/wallet/src/ledger/post-transfer/post-transfer.ts',
      'apps/wallet/src/ledger/post-transfer/post-transfer.spec.ts',
    ];
    expect(useCaseFoldersIn(paths)).toEqual([
      {
        service: 'wallet',
        aggregate: 'ledger',
        useCase: 'post-transfer',
        folder: 'apps/wallet/src/ledger/post-transfer',
        files: ['post-transfer.ts', 'post-transfer.spec.ts'],
      },
    ]);
  });
});

describe('stepsWithoutFolder', () => {
  it('names each step of a saga whose service has no folder of that name', () => {
    expect(stepsWithoutFolder([transferSaga], ['apps/wallet/src/ledger/post-transfer/post-transfer.ts'])).toEqual([
      'transfer: no folder apps/wallet/src/*/post-bulk/ for the step post-bulk',
    ]);
  });

  it('says nothing of a service that has not been begun', () => {
    expect(stepsWithoutFolder([transferSaga], [])).toEqual([]);
  });
});
