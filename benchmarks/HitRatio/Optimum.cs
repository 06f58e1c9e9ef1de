namespace NeuroLab.Benchmarks.HitRatio;

/// <summary>Belady's optimum, which knows what will be read: what is needed again last of all goes first.</summary>
internal static class Optimum
{
    public static double HitRatio(Trace trace, int capacity)
    {
        var accesses = trace.Accesses;
        var next = NextUses(trace);

        // Of each key that is held, when it will be read next: no two at the same time. Those that never will are all different too, and later.
        var held = new SortedSet<int>();
        var hits = 0;
        for (var now = 0; now < accesses.Length; now++)
        {
            if (held.Remove(now))
            {
                hits++;
            }
            else if (held.Count >= capacity)
            {
                held.Remove(held.Max);
            }

            held.Add(next[now]);
        }

        return (double)hits / accesses.Length;
    }

    private static int[] NextUses(Trace trace)
    {
        var accesses = trace.Accesses;
        var next = new int[accesses.Length];
        var seen = new int[trace.Keys];
        Array.Fill(seen, -1);
        for (var i = accesses.Length - 1; i >= 0; i--)
        {
            next[i] = seen[accesses[i]] is >= 0 and var later ? later : accesses.Length + i;
            seen[accesses[i]] = i;
        }

        return next;
    }
}
