# By default Bun scales garbage collection to the machine's memory, retains freed memory and optimizes code that few requests
# use. Memory then grows to six times the limit of the store. Here only code called about a thousand times is optimized, once.
export BUN_JSC_forceRAMSize=134217728 MIMALLOC_PURGE_DELAY=0 \
  BUN_JSC_useFTLJIT=0 BUN_JSC_thresholdForOptimizeAfterWarmUp=20000
exec "$home/extension"
