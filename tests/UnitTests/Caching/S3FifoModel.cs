namespace NeuroLab.UnitTests.Caching;

/// <summary>The definition of the memory tier's order, as plain as can be: two lists, uses, and the last few that were evicted.</summary>
internal sealed class S3FifoModel(int maxCount, int maxBytes, int remembered)
{
    private readonly List<Held> _small = [];
    private readonly List<Held> _main = [];
    private readonly List<string> _evicted = [];

    public IEnumerable<string> Keys => All.Select(held => held.Key).Order(StringComparer.Ordinal);

    private IEnumerable<Held> All => _small.Concat(_main);

    public bool Use(string key)
    {
        var held = All.FirstOrDefault(one => one.Key == key);
        if (held is null)
        {
            return false;
        }

        held.Uses = Math.Min(7, held.Uses + 1);
        return true;
    }

    public bool Remove(string key) => _small.RemoveAll(held => held.Key == key) + _main.RemoveAll(held => held.Key == key) > 0;

    public void Set(string key, int size)
    {
        if (All.FirstOrDefault(one => one.Key == key) is { } held)
        {
            if (All.Sum(one => one.Size) - held.Size + size <= maxBytes)
            {
                held.Size = size;
                return;
            }

            var queue = _small.Contains(held) ? _small : _main;
            queue.Remove(held);
            MakeRoom(size);
            held.Size = size;
            queue.Add(held);
            return;
        }

        MakeRoom(size);
        var isBack = _evicted.TakeLast(remembered).Contains(key);
        (isBack ? _main : _small).Add(new Held { Key = key, Size = size });
        if (isBack)
        {
            // Forgotten with that; its place among the evictions stays.
            _evicted[_evicted.LastIndexOf(key)] = "";
        }
    }

    private void MakeRoom(int size)
    {
        while (All.Count() >= maxCount || All.Sum(held => held.Size) + size > maxBytes)
        {
            EvictOne();
        }
    }

    private void EvictOne()
    {
        var most = Math.Max(1, All.Count() / 10);
        while (_small.Count >= most || _main.Count == 0)
        {
            var first = Take(_small);
            if (first.Uses == 0)
            {
                _evicted.Add(first.Key);
                return;
            }

            first.Uses = 0;
            _main.Add(first);
        }

        var head = Take(_main);
        while (head.Uses > 0)
        {
            head.Uses--;
            _main.Add(head);
            head = Take(_main);
        }
    }

    private static Held Take(List<Held> queue)
    {
        var first = queue[0];
        queue.RemoveAt(0);
        return first;
    }

    private sealed class Held
    {
        public required string Key { get; init; }

        public int Size { get; set; }

        public int Uses { get; set; }
    }
}
