# Verifies every DKIM signature of every *.eml in a folder with dkimpy, the keys from its file "keys" (NAME<TAB>RECORD a line).
# Prints a line a mail: NAME<TAB>ok or what is wrong.
import os
import sys

import dkim

folder = sys.argv[1]
with open(os.path.join(folder, "keys"), "rb") as lines:
    keys = dict(line.rstrip(b"\n").split(b"\t", 1) for line in lines)


def record(name, timeout=5):
    return keys.get(name.rstrip(b"."))


for name in sorted(os.listdir(folder)):
    if not name.endswith(".eml"):
        continue
    with open(os.path.join(folder, name), "rb") as mail:
        verifier = dkim.DKIM(mail.read())
    signatures = sum(1 for field, _ in verifier.headers if field.lower() == b"dkim-signature")
    wrong = [] if signatures else ["no signature"]
    for at in range(signatures):
        try:
            if not verifier.verify(idx=at, dnsfunc=record):
                wrong.append("signature %d does not verify" % at)
        except dkim.DKIMException as fault:
            wrong.append("signature %d: %s" % (at, fault))
    print(name + "\t" + (", ".join(wrong) or "ok"))
