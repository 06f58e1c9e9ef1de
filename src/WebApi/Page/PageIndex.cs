using System.IO.Compression;
using System.Text;

namespace NeuroLab.WebApi.Page;

/// <summary>
/// The page's HTML. It names its files relative to the service (<c>"./assets/..."</c>), and is answered at paths of different depths, below whatever path clients find the service
/// (<see cref="Http.PublicPath"/>): it gets addresses that hold wherever it is read. Its scripts are told the same path, and whether the database and Redis can be stopped here: what is there in development
/// alone is not asked for elsewhere. Thread-safe.
/// </summary>
/// <param name="html">The HTML as it was built.</param>
/// <param name="hasFaultSwitches">Whether the database and Redis can be stopped here.</param>
internal sealed class PageIndex(string html, bool hasFaultSwitches)
{
    private const string Relative = "=\"./";
    private const string Base = "name=\"neurolab-base\" content=\"";
    private const string Faults = "name=\"neurolab-faults\" content=\"";

    private readonly string _html = hasFaultSwitches ? html.Replace($"{Faults}\"", $"{Faults}on\"", StringComparison.Ordinal) : html;

    /// <summary>The last that was made: one proxy, or none, means one path.</summary>
    private volatile Made? _last;

    /// <summary>The HTML for clients that find the service below a path.</summary>
    /// <param name="path">A plain path, or none.</param>
    public PageFile Below(PathString path)
    {
        var last = _last;
        if (last is null || last.Path != path.Value)
        {
            _last = last = new Made(path.Value, Make(path.Value));
        }

        return last.File;
    }

    private PageFile Make(string? path)
    {
        var bytes = Encoding.UTF8.GetBytes(_html.Replace(Relative, $"=\"{path}/", StringComparison.Ordinal).Replace($"{Base}/\"", $"{Base}{path}/\"", StringComparison.Ordinal));
        return new PageFile(
            "text/html; charset=utf-8",
            "no-cache",
            bytes,
            ("br", Compress(bytes, static stream => new BrotliStream(stream, CompressionLevel.Optimal))),
            ("gzip", Compress(bytes, static stream => new GZipStream(stream, CompressionLevel.Optimal))));
    }

    private static byte[] Compress(byte[] bytes, Func<Stream, Stream> compressor)
    {
        using var compressed = new MemoryStream();
        using (var stream = compressor(compressed))
        {
            stream.Write(bytes);
        }

        return compressed.ToArray();
    }

    private sealed record Made(string? Path, PageFile File);
}
