/** A record of Kafka's record batch v2, as kafkajs hands it to be encoded. Key, value and header values are bytes or text. */
export interface EncodableRecord {
  readonly offsetDelta?: number;
  readonly timestampDelta?: number;
  readonly key: Buffer | string | null;
  readonly value: Buffer | string | null;
  readonly headers?: Readonly<Record<string, HeaderValue | readonly HeaderValue[]>> | undefined;
}
type HeaderValue = Buffer | string;

/** A header with its place among the others, and perhaps without a value: what an object of headers cannot say. */
export type RawHeader = readonly [name: string, value: Buffer | null];
const asTheyCame = Symbol('headers as they came');
type WithOrder = Readonly<Record<string, unknown>> & { readonly [asTheyCame]?: readonly RawHeader[] };

/** Headers as kafkajs has them, which remember what they were: written again, they are the same to the byte. */
export function headersOf(raw: readonly RawHeader[]): Record<string, Buffer | Buffer[]> {
  // Without a prototype: a header may be called `constructor`.
  const headers = Object.create(null) as Record<string, Buffer | Buffer[]>;
  for (const [name, value] of raw) {
    const content = value ?? Buffer.alloc(0);
    const known = headers[name];
    headers[name] = known === undefined ? content : Array.isArray(known) ? [...known, content] : [known, content];
  }
  return Object.defineProperty(headers, asTheyCame, { value: raw });
}

/** In their order, if that is known. */
export function forEachHeader<Value>(
  headers: Readonly<Record<string, Value | readonly Value[] | undefined>>,
  visit: (name: string, value: Value | Buffer | null) => void,
): void {
  const raw = (headers as WithOrder)[asTheyCame];
  if (raw) for (const [name, value] of raw) visit(name, value);
  else
    for (const name in headers) {
      const values = headers[name];
      if (Array.isArray(values)) for (const each of values as readonly Value[]) visit(name, each);
      else if (values !== undefined) visit(name, values as Value);
    }
}

const bytesOf = (content: Buffer | string): number => (typeof content === 'string' ? Buffer.byteLength(content) : content.length);

/** Bytes a zig-zag varint takes. Deltas are times within a batch: far below 2^31. */
function varintSize(value: number): number {
  let rest = ((value << 1) ^ (value >> 31)) >>> 0;
  let size = 1;
  while (rest >= 0x80) {
    rest >>>= 7;
    size += 1;
  }
  return size;
}

const sizeOf = (content: Buffer | string | null): number => {
  if (content === null) return 1;
  const bytes = bytesOf(content);
  return varintSize(bytes) + bytes;
};

class Writer {
  private offset = 0;
  constructor(readonly buffer: Buffer) {}

  byte(value: number): void {
    this.buffer[this.offset++] = value;
  }

  varint(value: number): void {
    let rest = ((value << 1) ^ (value >> 31)) >>> 0;
    while (rest >= 0x80) {
      this.buffer[this.offset++] = (rest & 0x7f) | 0x80;
      rest >>>= 7;
    }
    this.buffer[this.offset++] = rest;
  }

  content(content: Buffer | string | null): void {
    if (content === null) {
      this.varint(-1);
    } else if (typeof content === 'string') {
      const bytes = Buffer.byteLength(content);
      this.varint(bytes);
      this.buffer.write(content, this.offset, bytes);
      this.offset += bytes;
    } else {
      this.varint(content.length);
      content.copy(this.buffer, this.offset);
      this.offset += content.length;
    }
  }
}

/** One buffer of the right size, filled once; kafkajs itself takes a buffer for the record and one more for each header. */
export function encodeRecord({ offsetDelta = 0, timestampDelta = 0, key, value, headers = {} }: EncodableRecord): Buffer {
  let headerCount = 0;
  let headerBytes = 0;
  forEachHeader<HeaderValue>(headers, (name, value) => {
    headerCount += 1;
    headerBytes += sizeOf(name) + sizeOf(value);
  });
  const bodySize =
    1 + varintSize(timestampDelta) + varintSize(offsetDelta) + sizeOf(key) + sizeOf(value) + varintSize(headerCount) + headerBytes;
  const writer = new Writer(Buffer.allocUnsafe(varintSize(bodySize) + bodySize));
  writer.varint(bodySize);
  writer.byte(0);
  writer.varint(timestampDelta);
  writer.varint(offsetDelta);
  writer.content(key);
  writer.content(value);
  writer.varint(headerCount);
  forEachHeader<HeaderValue>(headers, (name, value) => {
    writer.content(name);
    writer.content(value);
  });
  return writer.buffer;
}

class Reader {
  constructor(
    private readonly buffer: Buffer,
    private offset = 0,
  ) {}

  get position(): number {
    return this.offset;
  }

  byte(): number {
    return this.buffer.readInt8(this.offset++);
  }

  /** Up to 53 bits: a timestamp delta may be larger than an int32. */
  varint(): number {
    let value = 0;
    let scale = 1;
    for (;;) {
      const byte = this.buffer[this.offset++] as number;
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
      scale *= 128;
    }
  }

  content(): Buffer | null {
    const size = this.varint();
    if (size < 0) return null;
    this.offset += size;
    return this.buffer.subarray(this.offset - size, this.offset);
  }

  text(): string {
    const size = this.varint();
    if (size < 0) return '';
    this.offset += size;
    return this.buffer.toString('utf8', this.offset - size, this.offset);
  }

  /** Whether the content here is this text; moves past it. */
  isText(text: string): boolean {
    const size = this.varint();
    const start = this.offset;
    this.offset += Math.max(0, size);
    if (size !== text.length) return false;
    for (let index = 0; index < size; index += 1) if (this.buffer[start + index] !== text.charCodeAt(index)) return false;
    return true;
  }

  skip(): void {
    const size = this.varint();
    this.offset += Math.max(0, size);
  }
}

/**
 * A record as it was fetched: key and value are views into the batch, and headers stay bytes until somebody asks. An object
 * for each of a record's dozen headers, most of them never looked at, was a fifth of a busy service's time.
 */
export class DecodedRecord {
  readonly attributes: number;
  readonly timestampDelta: number;
  readonly offsetDelta: number;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  private readonly headersAt: number;

  constructor(private readonly body: Buffer) {
    const reader = new Reader(body);
    this.attributes = reader.byte();
    this.timestampDelta = reader.varint();
    this.offsetDelta = reader.varint();
    this.key = reader.content();
    this.value = reader.content();
    this.headersAt = reader.position;
  }

  /** The text of a header, of a repeated one the last; names are ASCII. */
  header(name: string): string | undefined {
    const reader = new Reader(this.body, this.headersAt);
    let found: string | undefined;
    for (let left = reader.varint(); left > 0; left -= 1) {
      if (reader.isText(name)) found = reader.text();
      else reader.skip();
    }
    return found;
  }

  get headers(): Record<string, Buffer | Buffer[]> {
    const reader = new Reader(this.body, this.headersAt);
    const raw: RawHeader[] = [];
    for (let left = reader.varint(); left > 0; left -= 1) raw.push([reader.text(), reader.content()]);
    return headersOf(raw);
  }
}
