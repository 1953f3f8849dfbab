package io.caravan.transport;

/** Where in a session a reply was heard: a 550 means one thing for RCPT and another for MAIL. */
enum Stage {
    CONNECT("connecting"), GREETING("greeting"), EHLO("EHLO"), STARTTLS("STARTTLS"), AUTH("AUTH"), RSET("RSET"), MAIL(
            "MAIL"), RCPT(
                    "RCPT"), DATA("DATA"), CONTENT("content"), DOT("final dot"), QUIT("QUIT");

    final String word;

    Stage(String word) {
        this.word = word;
    }
}
