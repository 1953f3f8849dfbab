// Verifies every DKIM signature of every *.eml in a folder with mailauth, the keys from its file "keys" (NAME<TAB>RECORD a line).
// Prints a line a mail: NAME<TAB>ok or what is wrong.
const fs = require('node:fs');
const path = require('node:path');
const { dkimVerify } = require('mailauth/lib/dkim/verify');

const folder = process.argv[2];
const keys = new Map(fs.readFileSync(path.join(folder, 'keys'), 'utf8').split('\n').filter(Boolean).map((line) => line.split('\t')));

const resolver = async (name) => {
    if (!keys.has(name)) {
        throw Object.assign(new Error('no such name'), { code: 'ENOTFOUND' });
    }
    return [[keys.get(name)]];
};

(async () => {
    for (const name of fs.readdirSync(folder).filter((file) => file.endsWith('.eml')).sort()) {
        const mail = fs.readFileSync(path.join(folder, name));
        const { results } = await dkimVerify(mail, { resolver });
        const signed = results.filter((result) => result.signingDomain);
        const wrong = signed.length ? [] : ['no signature'];
        signed.forEach((result, at) => {
            if (result.status.result !== 'pass') {
                wrong.push(`signature ${at}: ${result.algo} ${result.status.result} ${result.status.comment || ''}`);
            }
        });
        console.log(`${name}\t${wrong.join(', ') || 'ok'}`);
    }
})();
