import { fill, iso, phrase } from './made_up.mjs';

const id = (i) => `00000000-0000-4000-8000-${String(i).padStart(12, '0')}`;
const text = (name, value) => `            <field name="${name}" type="String">\n              <value type="String"><![CDATA[${value}]]></value>\n            </field>\n`;
const head = (type, i) => `          <model type="${type}" id="${id(i)}" deleted_state="Intact" decoding_confidence="High" isrelated="False" source_index="${i}" extractionId="0">\n`;
const message = (i) => head('SMS', i) + text('Body', phrase()) + text('Folder', 'Inbox')
    + `            <field name="TimeStamp" type="TimeStamp">\n              <value type="TimeStamp" format="TimeStampKnown">${iso(i).slice(0, 23)}+00:00</value>\n            </field>\n`
    + `            <multiModelField name="Parties" type="Party">\n    ${head('Party', 5e9 + i)}${text('Identifier', '+13035550102')}              </model>\n            </multiModelField>\n          </model>`;
fill('<?xml version="1.0" encoding="utf-8"?>\n<project id="11111111-2222-4333-8444-555555555555" name="Made up" reportVersion="5.2.0.0" xmlns="http://pa.cellebrite.com/report/2.0">\n  <decodedData>\n    <modelType type="SMS">\n',
    message, '\n', '\n    </modelType>\n  </decodedData>\n</project>\n');
