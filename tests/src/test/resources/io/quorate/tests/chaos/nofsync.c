/* Negative control: a machine on which nothing is ever synced. gcc -shared -fPIC -o nofsync.so nofsync.c */
int fsync(int fd) { (void)fd; return 0; }
int fdatasync(int fd) { (void)fd; return 0; }
int sync_file_range(int fd, long from, long count, unsigned flags) { (void)fd; (void)from; (void)count; (void)flags; return 0; }
