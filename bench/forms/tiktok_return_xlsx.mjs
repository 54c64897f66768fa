// path: rosa_ej - IP Data.xlsx
import { below, iso } from './made_up.mjs';
import { workbook } from './made_zip.mjs';

workbook('Sheet1', [['Timestamp', 'Active Start Time', 'IP', 'IP Country']],
    (i) => [iso(i).slice(0, 19).replace('T', ' '), iso(i).slice(0, 19).replace('T', ' '), `192.0.2.${below(256)}`, 'US']);
