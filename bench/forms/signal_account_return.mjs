// path: answer.txt
import { fill, phone } from './made_up.mjs';

fill('Attachment A. The information responsive to the request is the following.\n\n',
    (i) => `+${phone(i)}\nLast connection date: ${1600000000000 + i * 37000} (unix millis)\nAccount created: ${1500000000000 + i * 37000} (unix millis)\n`, '\n', '\n');
