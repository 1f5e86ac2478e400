import { brokersFrom, databaseUrlFrom, portBaseFrom } from './settings.js';
import { databaseVariableOf } from './services.js';

describe('settings', () => {
  it('have defaults', () => {
    expect(portBaseFrom({})).toBe(4_000);
    expect(brokersFrom({})).toBeUndefined();
    expect(databaseUrlFrom({}, { name: 'payment' })).toBeUndefined();
  });

  it('take what is given', () => {
    expect(portBaseFrom({ FALCONPAY_PORT_BASE: '14000' })).toBe(14_000);
    expect(brokersFrom({ KAFKA_BROKERS: 'one:9092,two:9092' })).toBe('one:9092,two:9092');
    const url = 'postgres://me:secret@host:5432/payment';
    expect(databaseUrlFrom({ PAYMENT_DATABASE_URL: url }, { name: 'payment' })).toBe(url);
  });

  it('name a service’s variable after the service', () => {
    expect(databaseVariableOf({ name: 'atm-gateway' })).toBe('ATM_GATEWAY_DATABASE_URL');
  });

  it.each(['four thousand', '80', '65500', '4000.5', '-1'])('refuse a port base of %s', (value) => {
    expect(() => portBaseFrom({ FALCONPAY_PORT_BASE: value })).toThrow(/FALCONPAY_PORT_BASE must be a whole number/);
  });

  it.each(['localhost', 'http://localhost:9092', 'one:9092,'])('refuse brokers like %s', (value) => {
    expect(() => brokersFrom({ KAFKA_BROKERS: value })).toThrow(/KAFKA_BROKERS must be host:port/);
  });

  it('refuse a database address without showing its password', () => {
    const read = (): unknown => databaseUrlFrom({ WALLET_DATABASE_URL: 'mysql://me:secret@host/wallet' }, { name: 'wallet' });
    expect(read).toThrow(/WALLET_DATABASE_URL must be a URL/);
    expect(read).not.toThrow(/secret/);
  });
});
