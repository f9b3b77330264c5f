# It needs the C library alone, and finds it without being told where.
unset LD_LIBRARY_PATH
# Left alone, Bun lets garbage lie by how much memory the machine has, keeps what it has freed, and compiles anew what
# few requests profit from: six times the bound of the store. A hit takes no more of the processor for it.
export BUN_JSC_forceRAMSize=134217728 BUN_JSC_useDFGJIT=0 MIMALLOC_PURGE_DELAY=0
exec "$home/extension"
