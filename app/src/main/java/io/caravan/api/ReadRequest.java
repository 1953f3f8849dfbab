package io.caravan.api;

import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Locale;

import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.Part;

import org.jspecify.annotations.Nullable;

import io.caravan.mail.PermanentFault;

/** A request whose body was read, to be known again; the controller reads the same. Uploads lie in the container's files, not in memory. */
final class ReadRequest extends HttpServletRequestWrapper {

    private static final int MOST = 64 << 20;

    private final byte @Nullable [] body;
    private final byte[] fingerprint;

    private ReadRequest(HttpServletRequest request, byte @Nullable [] body, byte[] fingerprint) {
        super(request);
        this.body = body;
        this.fingerprint = fingerprint;
    }

    /** Null: too large to be known again. */
    static @Nullable ReadRequest of(HttpServletRequest request) throws IOException {
        MessageDigest digest = digest();
        try (DigestOutputStream out = new DigestOutputStream(java.io.OutputStream.nullOutputStream(), digest)) {
            text(out, request.getMethod(), request.getRequestURI(), String.valueOf(request.getQueryString()));
            if (isUpload(request)) {
                return parts(request, out) ? new ReadRequest(request, null, digest.digest()) : null;
            }
            byte[] body = request.getInputStream().readNBytes(MOST + 1);
            out.write(body);
            return body.length > MOST ? null : new ReadRequest(request, body, digest.digest());
        }
    }

    /** The parts, not the raw bytes: programs choose a new boundary each time. False: the container refuses them. */
    private static boolean parts(HttpServletRequest request, DigestOutputStream out) throws IOException {
        try {
            for (Part part : request.getParts()) {
                text(out, part.getName(), String.valueOf(part.getSubmittedFileName()), Long.toString(part.getSize()));
                try (InputStream in = part.getInputStream()) {
                    in.transferTo(out);
                }
            }
            return true;
        } catch (IllegalStateException | ServletException e) {
            return false;
        }
    }

    private static void text(DigestOutputStream out, String... texts) throws IOException {
        for (String text : texts) {
            out.write(text.getBytes(StandardCharsets.UTF_8));
            out.write(0);
        }
    }

    private static boolean isUpload(HttpServletRequest request) {
        String type = request.getContentType();
        return type != null && type.toLowerCase(Locale.ROOT).startsWith("multipart/");
    }

    private static MessageDigest digest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new PermanentFault("this Java has no SHA-256", e);
        }
    }

    byte[] fingerprint() {
        return fingerprint.clone();
    }

    @Override
    public ServletInputStream getInputStream() throws IOException {
        return body == null ? super.getInputStream() : new Again(new ByteArrayInputStream(body));
    }

    @Override
    public BufferedReader getReader() throws IOException {
        String encoding = getCharacterEncoding();
        Charset charset = encoding == null ? StandardCharsets.UTF_8 : Charset.forName(encoding);
        return new BufferedReader(new InputStreamReader(getInputStream(), charset));
    }

    private static final class Again extends ServletInputStream {

        private final ByteArrayInputStream bytes;

        Again(ByteArrayInputStream bytes) {
            this.bytes = bytes;
        }

        @Override
        public int read() {
            return bytes.read();
        }

        @Override
        public int read(byte[] to, int offset, int length) {
            return bytes.read(to, offset, length);
        }

        @Override
        public boolean isFinished() {
            return bytes.available() == 0;
        }

        @Override
        public boolean isReady() {
            return true;
        }

        @Override
        public void setReadListener(ReadListener listener) {
            throw new UnsupportedOperationException("the body is there already");
        }
    }
}
