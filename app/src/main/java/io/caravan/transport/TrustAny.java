package io.caravan.transport;

import java.io.IOException;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;

import io.caravan.mail.PermanentFault;

/** TLS that takes any certificate: encryption without authentication, as between mail hosts without DANE or MTA-STS (RFC 7435). */
final class TrustAny extends X509ExtendedTrustManager {

    private static final SSLContext CONTEXT = context();

    private TrustAny() {
    }

    /** @param anew without resuming an earlier session */
    static SSLSocket over(Socket socket, String host, int port, boolean anew) throws IOException {
        return (SSLSocket) (anew ? context() : CONTEXT).getSocketFactory().createSocket(socket, host, port, true);
    }

    private static SSLContext context() {
        try {
            SSLContext made = SSLContext.getInstance("TLS");
            made.init(null, new TrustManager[]{new TrustAny()}, null);
            return made;
        } catch (GeneralSecurityException e) {
            throw new PermanentFault("this Java has no TLS", e);
        }
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket) {
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket) {
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine) {
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine) {
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType) {
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType) {
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return new X509Certificate[0];
    }
}
