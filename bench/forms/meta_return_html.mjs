// path: records.html
import { below, fill, iso, phrase } from './made_up.mjs';

const field = (label, value) => `<div class="t o"><div class="t i">${label}<div class="m"><div>${value}<div class="p"></div></div></div></div></div>`;
const account = (i) => `person${i % 37} (instagram: 555${1000 + (i % 37)})`;
const time = (i) => `${iso(i).slice(0, 10)} ${iso(i).slice(11, 19)} UTC`;
const thread = (i) => field('Thread', `Sample (77${i})`) + field('Current Participants', `owner (instagram: 5550100), ${account(i)}`);
const message = (i) => (i % 500 === 0 ? thread(i) : '') + field('Author', i % 2 === 0 ? 'owner (instagram: 5550100)' : account(i - (i % 500)))
    + (below(9) === 0 ? `<div class="pageBreak">Meta Platforms Business Record<span>Page ${i}</span></div>` : '') + field('Sent', time(i))
    + field('Body', phrase()) + (below(12) === 0 ? field('Attachments', `photo_${i}${field('Type', 'image/jpeg')}${field('Size', '52113')}`) : '');
fill('<!DOCTYPE html><html><head><title>Meta Platforms Business Record</title></head><body><div id="property-request_parameters">'
    + field('Service', 'Instagram') + field('Target', '5550100') + '</div><div id="property-unified_messages">', message, '', '</div></body></html>');
