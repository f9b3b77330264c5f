# Left alone, Bun lets garbage lie by how much memory the machine has, keeps what it has freed, and compiles anew what
# few requests profit from: six times the bound of the store. What is called a thousand times is compiled anew once.
export BUN_JSC_forceRAMSize=134217728 MIMALLOC_PURGE_DELAY=0 \
  BUN_JSC_useFTLJIT=0 BUN_JSC_thresholdForOptimizeAfterWarmUp=20000
exec "$home/extension"
