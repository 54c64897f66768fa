// path: x-SQ_CASH-C_invented1.xlsx
import { below, iso, phrase } from './made_up.mjs';
import { workbook } from './made_zip.mjs';

workbook('Payments', [['Date', 'Transaction ID', 'Sender', 'Recipient', 'Amount', 'Currency', 'Status', 'Note']],
    (i) => [iso(i).slice(0, 19).replace('T', ' '), `p-${i}`, '$betoinvented', `$person${below(90)}`, `$${1 + below(900)}.00`, 'USD', 'PAYMENT SENT', phrase()]);
