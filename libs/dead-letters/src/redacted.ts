import { scrubText } from '@falconpay/telemetry/redaction';

/** What an error says, without what could be a card's number (12 digits and more in a row), in so many bytes at most. */
export const redacted = (text: string, bytesMax: number): string =>
  clip(scrubText(text.slice(0, 4 * bytesMax)).replace(/\d{12,}/g, '[redacted]'), bytesMax);

/** Cut where a character ends. */
function clip(text: string, bytesMax: number): string {
  const bytes = Buffer.from(text);
  if (bytes.length <= bytesMax) return text;
  let end = bytesMax;
  while (end > 0 && ((bytes[end] as number) & 0xc0) === 0x80) end -= 1;
  return bytes.toString('utf8', 0, end);
}
