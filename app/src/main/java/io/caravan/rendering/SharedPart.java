package io.caravan.rendering;

import java.nio.charset.StandardCharsets;

import org.jspecify.annotations.Nullable;

/** A file encoded once per mailing: its part's header and body, the same bytes in every mail. */
final class SharedPart {

    private SharedPart() {
    }

    /** @param contentId for an inline picture, without angle brackets; null for an attachment */
    static byte[] of(Attachment file, @Nullable String contentId) {
        String header = "Content-Type: " + ContentTypes.of(file.name()) + Headers.parameter("name", file.name())
                + "\r\n"
                + "Content-Transfer-Encoding: base64\r\n" + "Content-Disposition: "
                + (contentId == null ? "attachment" : "inline")
                + Headers.parameter("filename", file.name()) + "\r\n"
                + (contentId == null ? "" : "Content-ID: <" + contentId + ">\r\n")
                + "\r\n";
        byte[] head = header.getBytes(StandardCharsets.US_ASCII);
        byte[] body = Encoding.base64(file.bytes());
        byte[] part = new byte[head.length + body.length];
        System.arraycopy(head, 0, part, 0, head.length);
        System.arraycopy(body, 0, part, head.length, body.length);
        return part;
    }
}
