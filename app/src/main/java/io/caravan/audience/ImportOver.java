package io.caravan.audience;

import io.caravan.mail.PermanentFault;

/** Rows were offered to an import that is not running: a person cancelled it meanwhile, or it was over before. */
public final class ImportOver extends PermanentFault {

    ImportOver(long importId) {
        super("import " + importId + " is not running: begin it again");
    }
}
