// made_proto.mjs - protobuf messages as the forms that hold them have them: { field number: number, text, bytes, or a message }.
const varint = (v) => {
    const out = [];
    for (let left = BigInt(v); ;) {
        const low = Number(left & 127n);
        left >>= 7n;
        out.push(left > 0n ? low | 128 : low);
        if (left === 0n)
            return Buffer.from(out);
    }
};
const one = (n, v) => {
    if (typeof v === 'number')
        return Buffer.concat([varint(n << 3), varint(v)]);
    const bytes = typeof v === 'string' ? Buffer.from(v) : Buffer.isBuffer(v) ? v : message(v);
    return Buffer.concat([varint((n << 3) | 2), varint(bytes.length), bytes]);
};
export const message = (o) => Buffer.concat(Object.entries(o).map(([n, v]) => one(Number(n), v)));
export const framed = (o) => {
    const bytes = message(o);
    return Buffer.concat([varint(bytes.length), bytes]);
};
