// databases.js KIND FOLDER WANT - compares what the golden program wrote beside the databases in FOLDER with WANT, says how many values.
"use strict";
const fs = require("fs"), path = require("path");
const [kind, folder, wantFile] = process.argv.slice(2);
const COCOA = 978307200;
let compared = 0, wrong = 0;
function same(what, got, want) {
    compared++;
    if (got === want) return;
    wrong++;
    console.log(`${what}: got ${JSON.stringify(got)}, expected ${JSON.stringify(want)}`);
}
const orNull = v => v === undefined || v === "" ? null : v;
const seconds = at => at === undefined ? null : Math.floor(Date.parse(at.replace(/\.(\d{3})\d*Z/, ".$1Z")) / 1000);
function* files(dir) {
    for (const e of fs.readdirSync(dir, { withFileTypes: true })) {
        const p = path.join(dir, e.name);
        if (e.isDirectory()) yield* files(p);
        else if (p.endsWith(".expected")) yield p;
    }
}
const lines = [...files(folder)].flatMap(f => fs.readFileSync(f, "utf8").trim().split("\n").map(l => JSON.parse(l)));
const records = lines.filter(l => l.records).map(l => ({ id: Number(l.records[0].match(/row (-?\d+)/)[1]), facts: l.facts }));
const want = JSON.parse(fs.readFileSync(wantFile, "utf8"));
const rejected = lines.filter(l => l.problem === "rejected").length;
same("rejected", rejected, 0);

// Rows without an order of their own: each expected row takes the first of ours that gives the same key.
function pair(rows, keyOfRow, keyOfRecord, each) {
    const left = new Map();
    for (const r of records) {
        const k = keyOfRecord(r);
        left.set(k, [...(left.get(k) || []), r]);
    }
    for (const row of rows) {
        const k = keyOfRow(row), found = (left.get(k) || []).shift();
        same(`a record for ${k}`, found !== undefined, true);
        if (found !== undefined) each(row, found);
    }
    same("records", records.length, rows.length);
}
const identifiers = (r, type) => r.facts.filter(f => f.identifier === type).map(f => f.value);
// With more than one file of an identifier: what the facts of one record say together.
const sorted = l => JSON.stringify([...l].sort());

const kinds = {
    messages() {
        const rows = want.data.map(d => Object.fromEntries(want.headers.map((h, i) => [h, d[i]])));
        const mine = e => e.thread_kind === "direct" && e.to && e.to[0].native === e.thread;
        pair(rows, r => JSON.stringify([r.Timestamp, r.Message, r["Sender Name"]]),
            r => { const e = r.facts[0]; return JSON.stringify([seconds(e.at), orNull(e.text), mine(e) ? "Local User" : orNull(e.thread_title)]); },
            (row, r) => {
                const e = r.facts[0], files = (e.attachments || []).filter(a => a.note !== "thumbnail" && a.name), raw = JSON.parse(e.raw || "{}");
                const name = s => s === "" ? null : s.replace(/^mock_hash_for_/, "");
                const thumb = (e.attachments || []).filter(a => a.note === "thumbnail")[0];
                same("time", seconds(e.at), row.Timestamp);
                same("text", orNull(e.text), row.Message);
                same("file", files.length ? path.basename(files[0].name) : null, name(row["Attachment File"]));
                same("thumbnail", thumb ? path.basename(thumb.name) : null, name(row.Thumb));
                same("latitude", orNull(e.latitude), orNull(row.Latitude));
                same("longitude", orNull(e.longitude), orNull(row.Longitude));
                same("starred", orNull(raw.ZSTARRED), row["Starred?"]);
                if (row["From ID"] !== null)
                    same("from", row["From ID"].endsWith("@g.us") || !e.from ? e.thread : e.from.native, row["From ID"]);
                if (row["Sender Name"] === "Local User")
                    same("to", e.to[0].native, row["To ID"]);
                else if (row["To ID"] !== null && e.to)
                    same("the owner", e.to[0].native, row["To ID"]);
                if (row["Sender Name"] === "Local User")
                    same("receiver", e.thread_title, row.Receiver);
            });
    },
    contacts() {
        const rows = want.data.map(d => Object.fromEntries(want.headers.map((h, i) => [h, d[i]])));
        pair(rows, r => JSON.stringify([r.Fullname, r["Phone Number"]]),
            r => JSON.stringify([orNull(identifiers(r, "name")[0]), orNull(identifiers(r, "phone")[0])]),
            (row, r) => {
                const about = r.facts.find(f => f.detail === "about");
                same("id", r.facts[0].account.platform === "whatsapp" ? r.facts[0].account.native : null, row["Whatsapp ID"]);
                same("shown", r.facts[0].account.display, row.Fullname);
                same("about", about ? about.text : null, row["About Text"]);
                same("about, time", about ? seconds(about.at) : null, row["About Text Timestamp"]);
            });
    },
    cards() {
        const rows = want.data.map(d => Object.fromEntries(want.headers.map((h, i) => [h, d[i]])));
        const full = r => [r["First Name"], r["Last Name"]].filter(s => s).join(" ") || r.Company;
        const list = s => (s || "").split("\r").filter(l => l !== "").map(l => l.replace(/^[^:]*: /, ""));
        pair(rows, r => JSON.stringify([full(r), r["Modification Date"]]),
            r => JSON.stringify([r.facts[0].account.display, seconds(r.facts[0].at)]),
            (row, r) => {
                same("name", identifiers(r, "name")[0], full(row));
                same("numbers", sorted(identifiers(r, "phone")), sorted(list(row["Phone Numbers"])));
                same("addresses", sorted(identifiers(r, "email")), sorted(list(row["Email addresses"])));
            });
    },
    texts() {
        for (const row of want) {
            const r = records.find(x => x.id === row.id), e = r && r.facts[0];
            same(`row ${row.id}`, r !== undefined, true);
            if (!r) continue;
            same("time", Date.parse(e.at), row.date);
            same("text", orNull(e.text), orNull(row.body));
            same("the other end", (row.type === 1 ? e.from : e.to[0]).native, row.address);
        }
        same("records", records.length, want.length);
    },
    calls() {
        const words = [null, "incoming", "outgoing", "missed", "voicemail", "rejected", "blocked"];
        const calls = lines.filter(l => l.records && l.records[0].startsWith("table calls")).map(l => ({ id: Number(l.records[0].match(/row (\d+)/)[1]), e: l.facts[0] }));
        for (const row of want) {
            const r = calls.find(x => x.id === row.id);
            same(`row ${row.id}`, r !== undefined, true);
            if (!r) continue;
            same("time", Date.parse(r.e.at), row.date);
            same("duration", r.e.duration_s, row.duration);
            same("type", r.e.detail.split(",")[0], words[row.type]);
            const other = row.type === 2 ? r.e.to[0] : r.e.from;
            same("number", other.native, row.number);
            same("name", orNull(other.display), orNull(row.name));
        }
        same("records", calls.length, want.length);
    },
    imessages() {
        for (const row of want) {
            const r = records.find(x => x.id === row.id), e = r && r.facts[0];
            same(`row ${row.id}`, r !== undefined, true);
            if (!r) continue;
            same("time", orNull(e.at && Math.floor(Date.parse(e.at) / 1000)), row.date ? row.date + COCOA : null);
            same("id", e.native_id, row.guid);
            same("text", orNull(e.text), orNull(row.text));
            same("attachments", (e.attachments || []).length, row.files);
            if (row.handle !== null && row.mine === 0)
                same("from", e.from.native, row.handle);
            if (e.event === "message" || e.event === "other")
                same("service", e.detail, row.service);
        }
        same("records", records.length, want.length);
    },
};
kinds[kind]();
console.log(`${compared} values compared, ${wrong} wrong`);
process.exit(wrong === 0 && compared > 10 ? 0 : 1);
