package io.caravan.mail;

/** One recipient of one run: the run and the row's number in it, 1..n. Written {@code run.n}, as the doubt verb takes it. */
public record RowId(long run, int n) {

    public static RowId parse(String text) {
        int dot = text.indexOf('.');
        try {
            return new RowId(Long.parseLong(text.substring(0, Math.max(dot, 0))),
                    Integer.parseInt(text.substring(dot + 1)));
        } catch (NumberFormatException e) {
            throw new InvalidInput("'" + text + "' is no ledger row: write it as RUN.N, for instance 12.345", e);
        }
    }

    @Override
    public String toString() {
        return run + "." + n;
    }
}
