// planted_calls.js FOLDER: 10,000 calls of one telephone, in the files that three sources give of them.
//   att.csv      the owner's carrier, to the second; every tenth call in two rows, its legs
//   tmobile.csv  the other ends' carrier: 37 s fast, a second of jitter
//   report.xml   the telephone: 88 s slow, times cut to the minute
//   truth.csv    file, the how manieth record in it, call
// Among the calls are 1,000 pairs between the same two numbers, the same way, the second 8 to 90 s after the
// end of the first. Everything is invented.
const fs = require('fs');
const folder = process.argv[2];
const CALLS = 10000, PAIRS = 1000, OWNER = '13035550101';
let seed = 11;
const below = (n) => Math.floor((seed = (seed * 48271) % 2147483647) / 2147483647 * n);
const two = (n) => String(n).padStart(2, '0');
const AREAS = ['720', '505', '970'];
const others = Array.from({ length: 300 }, (_, i) => `1${AREAS[Math.floor(i / 100)]}55501${two(i % 100)}`);

// --- what happened ---
const calls = [];
let at = Date.UTC(2025, 1, 1, 7, 0, 0) / 1000;
for (let k = 0; calls.length < CALLS; k++) {
  const other = others[below(others.length)], out = below(2) === 0, close = k < PAIRS;
  for (let i = 0; i < (close ? 2 : 1); i++) {
    const seconds = close ? 3 + below(20) : 3 + below(600);
    calls.push({ at, seconds, other, out });
    at += seconds + 8 + (close && i === 0 ? below(83) : 60 + below(600));
  }
}

// --- who writes it down ---
const iso = (t) => new Date(t * 1000).toISOString();
const day = (t, digits) => `${iso(t).slice(5, 7)}/${iso(t).slice(8, 10)}/${iso(t).slice(4 - digits, 4)}`;
const clock = (t) => iso(t).slice(11, 19);
const span = (s) => `${Math.floor(s / 60)}:${two(s % 60)}`;
const ends = (c) => (c.out ? [OWNER, c.other] : [c.other, OWNER]);
const truth = [];
const write = (file, before, rows, after) => {
  rows.sort((a, b) => a.at - b.at || a.call - b.call);
  rows.forEach((r, i) => truth.push(`${file},${i + 1},${r.call}`));
  fs.writeFileSync(`${folder}/${file}`, before + rows.map((r, i) => r.text(i + 1)).join('') + after);
};

const att = [];
calls.forEach((c, call) => {
  for (let leg = 0; leg < (call % 10 === 0 ? 2 : 1); leg++)
    att.push({ at: c.at, call, text: (n) => `${n},${day(c.at, 2)},${clock(c.at)},0:0${leg + 2},` +
      `${span(c.seconds - leg)},${ends(c).join()},356938035643809,310410123456789,` +
      `${c.out ? 'MO' : 'MT'},[],\n` });
});
write('att.csv', 'AT&T\nMOBILITY USAGE\nVoice Usage For:,(303)555-0101\n' +
  'Item,Conn. Date,Conn. Time (UTC),Seizure Time,ET,Originating Number,Terminating Number,' +
  'IMEI,IMSI,CT,Feature,Cell Location\n', att,
  '\n"AT&T has queried for records from 02/01/2025 12:00:00am to 06/30/2025 11:59:59pm"\n');

// what goes out at the owner's end comes in at the other
write('tmobile.csv', 'Times are UTC\n' +
  'Date,Time,Duration,Call Type,Direction,Calling Number,Called Number,Completion Code\n',
calls.map((c, call) => {
  const t = c.at + 37 + below(2), s = c.seconds + below(2);
  const type = c.out ? 'mSTerminating,Incoming' : 'mSOriginating,Outgoing';
  return { at: t, call, text: () => `${day(t, 4)},${clock(t)},${s},${type},${ends(c).join()},0\n` };
}), '');

const field = (name, type, value, more = '') =>
  `<field name="${name}" type="${type}"><value type="${type}"${more}>${value}</value></field>`;
const party = (id, role, mine) => `<model type="Party">${field('Identifier', 'String', `+${id}`)}` +
  `${field('Role', 'PartyRole', role)}${field('IsPhoneOwner', 'Boolean', mine ? 'True' : 'False')}</model>`;
write('report.xml', '<?xml version="1.0" encoding="utf-8"?>\n<project' +
  ' xmlns="http://pa.cellebrite.com/report/2.0" name="Made up" reportVersion="5.2.0.0"><decodedData>' +
  '<modelType type="Call">\n', calls.map((c, call) => {
  const t = Math.floor((c.at - 88) / 60) * 60, when = iso(t).replace('.000Z', '+00:00'), [from, to] = ends(c);
  return { at: t, call, text: (n) => `<model type="Call" id="c${n}">` +
    field('Direction', 'ModelDirections', c.out ? 'Outgoing' : 'Incoming') +
    field('Status', 'TelephonyCallStatus', 'Established') +
    field('TimeStamp', 'TimeStamp', when, ` format="TimeStampKnown" formattedTimestamp="${when}"`) +
    field('Duration', 'TimeSpan', `00:${two(Math.floor(c.seconds / 60))}:${two(c.seconds % 60)}`) +
    `<multiModelField name="Parties" type="Party">${party(from, 'From', c.out)}${party(to, 'To', !c.out)}` +
    '</multiModelField></model>\n' };
}), '</modelType></decodedData></project>\n');
fs.writeFileSync(`${folder}/truth.csv`, truth.join('\n') + '\n');
