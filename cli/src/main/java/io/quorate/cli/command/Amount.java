package io.quorate.cli.command;

/** Numbers of things, in words. */
final class Amount {
    private Amount() {}

    /** {@code 1 entry}, {@code 2 entries}. */
    static String of(long number, String one, String many) {
        return number + " " + (number == 1 ? one : many);
    }

    static String entries(long number) {
        return of(number, "entry", "entries");
    }
}
