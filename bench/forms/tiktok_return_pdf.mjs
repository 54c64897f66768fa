// path: many (Subscriber information).pdf
import { pages } from '../../tests/golden/make_pdf.mjs';

const mb = Number(process.argv[2] ?? 10);
const list = Array.from({ length: mb * 1300 }, (_, i) => [`Username: person${i}`, 'Registration Method: mobile', `Phone: +1303555${String(100 + i % 100).padStart(4, '0')}`,
    'Registration Date: 2021-03-04 05:06:07 UTC', `Registration IP: 192.0.2.${i % 256}`, 'Registration Device Info: iPhone 12, iOS 14.4']
    .map((text, k) => ({ x: 72, y: 100 + 14 * k, text })));
process.stdout.write(pages(list));
