using System.Buffers.Binary;
using System.IO.Compression;

namespace NeuroLab.Benchmarks.HitRatio;

/// <summary>A sequence of accesses: keys, numbered from 0 in the order in which they come.</summary>
/// <param name="Name">What it is called in the table.</param>
/// <param name="Accesses">The keys.</param>
/// <param name="Keys">How many different ones there are.</param>
internal sealed record Trace(string Name, int[] Accesses, int Keys)
{
    public static Trace Of(string name, int[] accesses)
    {
        var numbers = new Dictionary<int, int>();
        int[] numbered = [.. accesses.Select(key => numbers.TryGetValue(key, out var number) ? number : numbers[key] = numbers.Count)];
        return new Trace(name, numbered, numbers.Count);
    }

    /// <summary>Reads a file of big-endian 32-bit integers, one an access; compressed where its name ends in .gz.</summary>
    public static async Task<Trace> ReadAsync(string path)
    {
        await using var file = File.OpenRead(path);
        await using Stream content = path.EndsWith(".gz", StringComparison.Ordinal) ? new GZipStream(file, CompressionMode.Decompress) : file;
        using var bytes = new MemoryStream();
        await content.CopyToAsync(bytes);
        if (bytes.Length % sizeof(int) != 0 || bytes.Length == 0)
        {
            throw new InvalidDataException($"{path} is no sequence of 32-bit integers.");
        }

        var accesses = new int[bytes.Length / sizeof(int)];
        for (var i = 0; i < accesses.Length; i++)
        {
            accesses[i] = BinaryPrimitives.ReadInt32BigEndian(bytes.GetBuffer().AsSpan(i * sizeof(int)));
        }

        var name = Path.GetFileName(path);
        return Of(name[..(name.IndexOf('.', StringComparison.Ordinal) is > 0 and var end ? end : name.Length)], accesses);
    }
}
