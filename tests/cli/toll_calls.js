// toll_calls.js: calls as a report of a phone (ufed_xml), from lines "FROM TO 2025-03-03T10:00:00+00:00 SECONDS STATUS" on
// standard input. Everything is invented.
const lines = require('fs').readFileSync(0, 'utf8').split('\n').filter(Boolean);
const field = (name, type, value) => `<field name="${name}" type="${type}"><value type="${type}"><![CDATA[${value}]]></value></field>`;
const party = (id, role) =>
  id === '-' ? '' : `<model type="Party">${field('Identifier', 'String', id)}${field('Role', 'PartyRole', role)}</model>`;
const two = (n) => String(n).padStart(2, '0');
console.log('<?xml version="1.0" encoding="utf-8"?>');
console.log('<project id="11111111-2222-4333-8444-555555555555" name="Made up" reportVersion="5.2.0.0" licenseID="0"' +
  ' containsGarbage="False" extractionType="FileSystem" xmlns="http://pa.cellebrite.com/report/2.0"><decodedData><modelType type="Call">');
lines.forEach((line, i) => {
  const [from, to, at, seconds, status] = line.split(' ');
  const s = Number(seconds);
  console.log(`<model type="Call" id="c${i}">${field('Direction', 'ModelDirections', 'Outgoing')}` +
    `${field('Status', 'TelephonyCallStatus', status || 'Established')}` +
    `<field name="TimeStamp" type="TimeStamp"><value type="TimeStamp" format="TimeStampKnown" formattedTimestamp="${at}">${at}</value></field>` +
    `${field('Duration', 'TimeSpan', `${two(Math.floor(s / 3600))}:${two(Math.floor(s / 60) % 60)}:${two(s % 60)}`)}` +
    `<multiModelField name="Parties" type="Party">${party(from, 'From')}${party(to, 'To')}</multiModelField></model>`);
});
console.log('</modelType></decodedData></project>');
