# It needs the C library alone, and finds it without being told where.
unset LD_LIBRARY_PATH
exec "$home/extension"
