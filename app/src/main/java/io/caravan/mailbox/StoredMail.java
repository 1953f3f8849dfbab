package io.caravan.mailbox;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import org.apache.james.mime4j.codec.DecodeMonitor;
import org.apache.james.mime4j.codec.DecoderUtil;
import org.apache.james.mime4j.dom.Body;
import org.apache.james.mime4j.dom.Entity;
import org.apache.james.mime4j.dom.Multipart;
import org.apache.james.mime4j.dom.SingleBody;
import org.apache.james.mime4j.dom.field.ContentIdField;
import org.apache.james.mime4j.message.DefaultMessageBuilder;
import org.apache.james.mime4j.stream.Field;
import org.apache.james.mime4j.stream.MimeConfig;
import org.apache.james.mime4j.stream.NameValuePair;
import org.apache.james.mime4j.stream.RawField;
import org.apache.james.mime4j.stream.RawFieldParser;
import org.jspecify.annotations.Nullable;

/** A kept mail taken apart (RFC 2045) when somebody looks at it. Whatever the bytes are, it says what can be said. */
public final class StoredMail {

    private static final int DEEPEST = 20;
    private static final int MOST_PARTS = 200;
    private static final MimeConfig LIMITS = MimeConfig.custom().setMaxLineLen(-1).setMaxHeaderLen(1 << 20)
            .setMaxHeaderCount(2_000).build();

    /** A header field, decoded (RFC 2047) and unfolded. */
    public record Header(String name, String value) {
    }

    /** Something that is neither the text nor an image inside it. */
    public record Attachment(int number, String name, String type, byte[] bytes) {
    }

    /** An image that the HTML names by its content id (RFC 2392). */
    public record Image(String type, byte[] bytes) {
    }

    private final List<Header> headers = new ArrayList<>();
    private final List<Attachment> attachments = new ArrayList<>();
    private final Map<String, Image> images = new HashMap<>();
    private @Nullable String html;
    private @Nullable String text;
    private @Nullable String trouble;
    private int parts;

    private StoredMail() {
    }

    public static StoredMail parse(byte[] source) {
        StoredMail mail = new StoredMail();
        DefaultMessageBuilder builder = new DefaultMessageBuilder();
        builder.setMimeEntityConfig(LIMITS);
        try {
            org.apache.james.mime4j.dom.Message message = builder.parseMessage(new ByteArrayInputStream(source));
            for (Field field : message.getHeader().getFields()) {
                mail.headers.add(new Header(field.getName(), decode(field.getBody())));
            }
            mail.walk(message, 0);
        } catch (IOException | RuntimeException e) {
            mail.trouble = "This mail cannot be taken apart (" + e.getMessage() + "); its source is whole.";
        }
        return mail;
    }

    private static String decode(@Nullable String body) {
        String unfolded = body == null ? "" : body.replaceAll("\r?\n(?=[ \t])", "");
        return DecoderUtil.decodeEncodedWords(unfolded, DecodeMonitor.SILENT);
    }

    private void walk(Entity entity, int depth) throws IOException {
        Body body = entity.getBody();
        if (body instanceof Multipart multipart) {
            if (depth < DEEPEST) {
                for (Entity part : multipart.getBodyParts()) {
                    walk(part, depth + 1);
                }
            }
        } else if (++parts <= MOST_PARTS) {
            leaf(entity, body instanceof SingleBody single ? bytes(single) : new byte[0]);
        }
    }

    private void leaf(Entity entity, byte[] bytes) {
        String type = entity.getMimeType().toLowerCase(Locale.ROOT);
        boolean attached = "attachment".equalsIgnoreCase(entity.getDispositionType());
        String contentId = contentId(entity);
        if (!attached && html == null && type.equals("text/html")) {
            html = new String(bytes, charset(entity));
        } else if (!attached && text == null && type.equals("text/plain")) {
            text = new String(bytes, charset(entity));
        } else if (contentId != null && type.matches("image/(png|jpeg|gif|webp|avif|bmp|svg\\+xml)")) {
            images.put(contentId, new Image(type, bytes));
        } else {
            String name = filename(entity);
            attachments.add(
                    new Attachment(attachments.size(), name == null ? "part " + parts : decode(name), type, bytes));
        }
    }

    /** The library takes a name with two apostrophes for an encoded one (RFC 2231 section 4), and drops what is before the second. */
    private static @Nullable String filename(Entity entity) {
        Field field = entity.getHeader().getField("Content-Disposition");
        return field == null
                ? entity.getFilename()
                : RawFieldParser.DEFAULT.parseRawBody(new RawField(field.getName(), field.getBody())).getParams()
                        .stream()
                        .filter(one -> one.getName().equalsIgnoreCase("filename")).map(NameValuePair::getValue)
                        .findFirst()
                        .orElseGet(entity::getFilename);
    }

    private static byte[] bytes(SingleBody body) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        body.getInputStream().transferTo(out);
        return out.toByteArray();
    }

    private static Charset charset(Entity entity) {
        try {
            String name = entity.getCharset();
            return name == null ? StandardCharsets.UTF_8 : Charset.forName(name);
        } catch (IllegalArgumentException e) {
            return StandardCharsets.UTF_8; // a charset that nobody knows: something is better than nothing
        }
    }

    private static @Nullable String contentId(Entity entity) {
        return entity.getHeader().getField("Content-ID") instanceof ContentIdField field && field.getId() != null
                ? field.getId().replaceAll("^<|>$", "")
                : null;
    }

    public List<Header> headers() {
        return headers;
    }

    public List<Attachment> attachments() {
        return attachments;
    }

    public @Nullable Image image(String contentId) {
        return images.get(contentId);
    }

    public @Nullable String html() {
        return html;
    }

    public @Nullable String text() {
        return text;
    }

    /** Why it could not be read whole, or null. */
    public @Nullable String trouble() {
        return trouble;
    }
}
