import { below, fill, phone } from './made_up.mjs';

const two = (n) => String(n).padStart(2, '0');
const row = (i) => {
    const d = new Date(1700000000000 + i * 37000);
    return `${i + 1},${two(d.getUTCMonth() + 1)}/${two(d.getUTCDate())}/${String(d.getUTCFullYear()).slice(2)},${two(d.getUTCHours())}:${two(d.getUTCMinutes())}:${two(d.getUTCSeconds())},0:${two(below(60))},${below(60)}:${two(below(60))},13035550101,${phone(2 + below(90))},356938035643809,310410123456789,MO,[],"[40001/1010${below(9)}:-104.9903:39.7392:120:-1.0]"`;
};
fill('AT&T,,,,,,,,,,,\nMOBILITY USAGE,,,,,,,,,,,\n(with cell location),,,,,,,,,,,\nRun Date:,04/02/2025,,,,,,,,,,\nVoice Usage For:,(303)555-0101,,,,,,,,,,\nAccount Number:,555000123456,,,,,,,,,,\n'
    + 'Item,Conn. Date,Conn. Time (UTC),Seizure Time,ET,Originating Number,Terminating Number,IMEI,IMSI,CT,Feature,Cell Location\n', row, '\n', '\n');
