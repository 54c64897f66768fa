import { fill, iso, phone } from './made_up.mjs';

const block = (i) => `ims_3gpp_voip_origination Version 3\n    caseId = PR-25-0417\n    timestamp = ${iso(i).replace(/[-:]/g, '').replace('T', '').slice(0, 18)}Z\n    callId\n        main = A-${i}\n        leg = 1\n    calling\n        uri[0] = tel:+13035550101\n    called\n        uri[0] = sip:+${phone(2 + (i % 90))}@ims.example.net;user=phone\n`;
fill('', block, '\n', '\n');
