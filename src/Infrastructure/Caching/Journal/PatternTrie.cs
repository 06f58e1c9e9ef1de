namespace NeuroLab.Infrastructure.Caching.Journal;

/// <summary>
/// Patterns by their literal prefix, in a trie whose edges carry whole strings. A node holds what its prefix ends in: nothing (the exact key),
/// a lone star (every key that goes on from here), or another rest that is matched one by one. All text is <see cref="Glob.Bytes"/>. One writer; readers see each pattern
/// either not yet or whole.
/// </summary>
internal sealed class PatternTrie
{
    private readonly Node _root = new("");
    private int _count;

    /// <summary>How many distinct patterns there are.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Adds a pattern, or moves it on to a newer record.</summary>
    /// <returns>Whether anything changed.</returns>
    public bool Add(string pattern, NewestRecords newest)
    {
        var (literal, rest) = Glob.Split(Glob.Bytes(pattern));
        var node = Reach(literal);
        var index = Array.FindIndex(node.Rests, known => string.Equals(known.Text, rest, StringComparison.Ordinal));
        var known = index < 0 ? NewestRecords.None : node.Rests[index].Newest;
        var sum = known.And(newest);
        if (index >= 0 && sum == known)
        {
            return false;
        }

        // A new array each time: a reader holds one that does not change.
        Rest[] rests;
        if (index < 0)
        {
            rests = [.. node.Rests, new Rest(rest, sum, pattern)];
            Volatile.Write(ref _count, _count + 1);
        }
        else
        {
            rests = [.. node.Rests];
            rests[index] = rests[index] with { Newest = sum };
        }

        Volatile.Write(ref node.Rests, rests);
        return true;
    }

    /// <summary>The newest records of the patterns that match a key.</summary>
    public NewestRecords Match(string text)
    {
        ReadOnlySpan<char> key = Glob.Bytes(text);
        var newest = NewestRecords.None;
        var node = _root;
        while (true)
        {
            foreach (var rest in Volatile.Read(ref node.Rests))
            {
                if ((rest.Newest.AnyPosition > newest.AnyPosition || rest.Newest.PurgePosition > newest.PurgePosition) && rest.Matches(key))
                {
                    newest = newest.And(rest.Newest);
                }
            }

            if (key.IsEmpty || node.Child(key[0]) is not { } child || !key.StartsWith(child.Edge, StringComparison.Ordinal))
            {
                return newest;
            }

            key = key[child.Edge.Length..];
            node = child;
        }
    }

    /// <summary>Every pattern with its newest record. For the writer.</summary>
    public IEnumerable<(string Pattern, NewestRecords Newest)> All()
    {
        var waiting = new Stack<Node>([_root]);
        while (waiting.TryPop(out var node))
        {
            foreach (var rest in node.Rests)
            {
                yield return (rest.Pattern, rest.Newest);
            }

            foreach (var child in node.Children)
            {
                waiting.Push(child);
            }
        }
    }

    /// <summary>The node at the end of a literal; made where it is not there.</summary>
    private Node Reach(ReadOnlySpan<char> literal)
    {
        var node = _root;
        while (!literal.IsEmpty)
        {
            var child = node.Child(literal[0]);
            if (child is null)
            {
                child = new Node(literal.ToString());
                node.Put(child);
                return child;
            }

            var common = literal.CommonPrefixLength(child.Edge);
            if (common < child.Edge.Length)
            {
                // The edge is split by putting a new node in the child's place in one write; the old child stays as it is for readers inside it.
                var lower = new Node(child.Edge[common..]) { Rests = child.Rests, Children = child.Children };
                var upper = new Node(child.Edge[..common]);
                upper.Put(lower);
                node.Put(upper);
                child = upper;
            }

            literal = literal[common..];
            node = child;
        }

        return node;
    }

    private sealed record Rest(string Text, NewestRecords Newest, string Pattern)
    {
        public bool Matches(ReadOnlySpan<char> key) => Text switch
        {
            "" => key.IsEmpty,
            "*" => true,
            _ => Glob.IsMatchOfBytes(Text, key),
        };
    }

    private sealed class Node(string edge)
    {
        public Rest[] Rests = [];
        public Node[] Children = [];

        public string Edge { get; } = edge;

        public Node? Child(char first)
        {
            var children = Volatile.Read(ref Children);
            int low = 0, high = children.Length - 1;
            while (low <= high)
            {
                var middle = (low + high) >>> 1;
                var c = children[middle].Edge[0];
                if (c == first)
                {
                    return children[middle];
                }

                (low, high) = c < first ? (middle + 1, high) : (low, middle - 1);
            }

            return null;
        }

        /// <summary>Puts a child in the place of the one that begins with the same character, or in its order among the others.</summary>
        public void Put(Node child)
        {
            var first = child.Edge[0];
            Node[] children = [.. Children.Where(other => other.Edge[0] < first), child, .. Children.Where(other => other.Edge[0] > first)];
            Volatile.Write(ref Children, children);
        }
    }
}
