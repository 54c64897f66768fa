import { fill, names, phone, pick } from './made_up.mjs';

fill('', (i) => `BEGIN:VCARD\r\nVERSION:3.0\r\nN:${pick(names)};${i};;;\r\nFN:${pick(names)} ${i}\r\nTEL;type=CELL;type=pref:+${phone(i)}\r\nEMAIL;type=INTERNET:p${i}@example.org\r\nNOTE:made up\r\nEND:VCARD`, '\r\n', '\r\n');
