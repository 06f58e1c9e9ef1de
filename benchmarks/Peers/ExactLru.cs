namespace NeuroLab.Benchmarks.Peers;

/// <summary>The least recently used goes first, exactly: a dictionary and a list under one lock.</summary>
internal sealed class ExactLru<TKey, TValue>(int capacity)
    where TKey : notnull
{
    private readonly Dictionary<TKey, LinkedListNode<(TKey Key, TValue Value)>> _nodes = new(capacity);
    private readonly LinkedList<(TKey Key, TValue Value)> _order = new();
    private readonly Lock _gate = new();

    /// <summary>The value of a key; made where it is not there.</summary>
    public TValue GetOrAdd(TKey key, Func<TKey, TValue> make)
    {
        lock (_gate)
        {
            if (_nodes.TryGetValue(key, out var node))
            {
                _order.Remove(node);
                _order.AddFirst(node);
                return node.Value.Value;
            }

            if (_nodes.Count >= capacity)
            {
                _nodes.Remove(_order.Last!.Value.Key);
                _order.RemoveLast();
            }

            var value = make(key);
            _nodes[key] = _order.AddFirst((key, value));
            return value;
        }
    }
}
