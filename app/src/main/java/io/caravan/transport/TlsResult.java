package io.caravan.transport;

/** How a session's TLS went, in the words of RFC 8460 section 4.3. */
public enum TlsResult {
    SUCCESS("success"), STARTTLS_NOT_SUPPORTED("starttls-not-supported"), CERTIFICATE_HOST_MISMATCH(
            "certificate-host-mismatch"), CERTIFICATE_EXPIRED("certificate-expired"), CERTIFICATE_NOT_TRUSTED(
                    "certificate-not-trusted"), VALIDATION_FAILURE("validation-failure"), TLSA_INVALID(
                            "tlsa-invalid"), DNSSEC_INVALID("dnssec-invalid"), STS_POLICY_FETCH_ERROR(
                                    "sts-policy-fetch-error"), STS_POLICY_INVALID(
                                            "sts-policy-invalid"), STS_WEBPKI_INVALID("sts-webpki-invalid");

    private final String word;

    TlsResult(String word) {
        this.word = word;
    }

    public String word() {
        return word;
    }
}
