package io.quorate.cli.node;

import java.io.IOException;
import java.util.Objects;

/** A port that a node needs is taken; the message says how to find out by whom. */
public final class PortInUseException extends IOException {
    private static final long serialVersionUID = 1;

    private final String setting;

    /**
     * @param setting name of the setting that names the port
     * @param purpose what the node wants to do there
     */
    PortInUseException(String setting, String purpose, ListenAddress address, IOException cause) {
        super(
                "cannot " + purpose + " at " + address + ", which '" + setting
                        + "' names: the port is in use. To see by whom: ss -ltnp 'sport = :" + address.port()
                        + "' or lsof -nP -iTCP:" + address.port() + " -sTCP:LISTEN",
                cause);
        this.setting = Objects.requireNonNull(setting, "setting");
    }

    /** Key in the node's file. */
    public String setting() {
        return setting;
    }
}
