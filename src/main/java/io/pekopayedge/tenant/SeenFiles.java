package io.pekopayedge.tenant;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;

/** The files that one tenant is made of: its own, and those of its secrets. For one thread. */
final class SeenFiles {
    private static final int MOST_SECRET_BYTES = 4096;

    private final Clock wall;
    private final List<SeenFile> seen = new ArrayList<>();

    SeenFiles(Clock wall) {
        this.wall = wall;
    }

    /** @throws Refusal if it cannot be read */
    byte[] read(Path path, int most) {
        SeenFile file = new SeenFile(path, most, wall);
        seen.add(file);
        try {
            return file.read();
        } catch (AccessDeniedException e) {
            throw new Refusal("may not be read", "give the gateway's user the right to read it");
        } catch (IOException e) {
            throw new Refusal(
                    Files.isSymbolicLink(path) && !Files.exists(path)
                            ? "is a link to nothing"
                            : "is not a readable file",
                    "put a regular file there");
        }
    }

    /** @param path relative to the folder; its content is a secret */
    byte[] readSecret(Path folder, String path) {
        byte[] bytes;
        try {
            Path file = folder.resolve(path);
            bytes = read(file, MOST_SECRET_BYTES);
        } catch (InvalidPathException e) {
            throw new Refusal("is not a path", "write the path of a file");
        } catch (Refusal refusal) {
            throw new Refusal("the file it names " + refusal.reason(), refusal.remedy());
        }
        if (bytes.length > MOST_SECRET_BYTES) {
            throw new Refusal("the file it names is larger than 4 KB", "put the secret alone into the file");
        }
        return bytes;
    }

    /** Whether no file moved while all of them were read: no half-swapped pair of credentials. */
    boolean undisturbed() {
        return seen.stream().allMatch(SeenFile::undisturbed);
    }

    /** Every file is looked at, so that one with an unsettled stamp settles. */
    boolean same(boolean thorough) {
        boolean same = true;
        for (SeenFile file : seen) {
            same &= file.same(thorough);
        }
        return same;
    }
}
