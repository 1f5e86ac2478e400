import type { Order } from './order.js';

/** Nothing more is to happen, unless somebody outside says that it did. */
export const overStatuses: readonly Order['status'][] = ['COMPLETED', 'REFUSED', 'REFUNDED', 'DECLINED', 'REVERSED'];

export const isOver = (status: Order['status']): boolean => overStatuses.includes(status);
