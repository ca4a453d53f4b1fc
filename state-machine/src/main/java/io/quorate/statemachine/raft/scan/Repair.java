package io.quorate.statemachine.raft.scan;

import io.quorate.statemachine.raft.sync.VoteRecord;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/** One change that a scan makes, or would make, so that Ratis can open the log. None of them gives up an entry that was synced. */
public sealed interface Repair {
    /** The file that is changed or removed. */
    Path file();

    /** One line for the log and for people. */
    String describe();

    /**
     * An unsynced torn tail of the open segment is cut; what is cut is kept in a file of its own.
     *
     * @param offset first byte that is cut, which is the new length
     * @param bytes how many, the padding behind them included
     * @param contentBytes how many of them are kept: up to the last that is not zero
     * @param why what was found
     */
    record CutTail(Path file, long offset, long bytes, long contentBytes, String why) implements Repair {
        @Override
        public String describe() {
            return "cut " + bytes + " bytes at offset " + offset + " of " + file + ": " + why;
        }
    }

    /** The last segment was created, but not even its header was synced: it is removed. */
    record RemoveEmptySegment(Path file) implements Repair {
        @Override
        public String describe() {
            return "remove " + file + ", which was created but holds nothing";
        }
    }

    /**
     * A segment was closed and its successor begun, but the rename was lost: it is done again.
     *
     * @param length bytes of header and entries; padding behind it is cut
     */
    record FinishRoll(Path file, Path closed, long length) implements Repair {
        @Override
        public String describe() {
            return "rename " + file + " to " + closed.getFileName() + ", which a crash undid";
        }
    }

    /** Left over from a purge behind a snapshot that a crash interrupted: removed as the purge would have. */
    record FinishPurge(Path file) implements Repair {
        @Override
        public String describe() {
            return "remove " + file + ", left over from a purge behind the snapshot";
        }
    }

    /**
     * {@code raft-meta} is put back to what this peer has promised.
     *
     * @param why what was found
     */
    record RestoreVote(Path file, VoteRecord vote, String why) implements Repair {
        @Override
        public String describe() {
            return "write term " + vote.term() + " and vote '" + vote.votedFor() + "' to " + file + ": " + why;
        }
    }

    /**
     * {@code raft-meta.conf} is put back from its checksummed copy.
     *
     * @param content as in the copy
     * @param why what was found
     */
    record RestoreConfiguration(Path file, ByteBuffer content, String why) implements Repair {
        @Override
        public String describe() {
            return "write the copy of the configuration to " + file + ": " + why;
        }
    }
}
