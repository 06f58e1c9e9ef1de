using System.Collections.Frozen;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.StaticFiles;

namespace NeuroLab.WebApi.Page;

/// <summary>The files of the page, in memory, and which of them answers which path. Thread-safe.</summary>
internal sealed partial class PageFiles
{
    private const string Index = "index.html";

    /// <summary>Their names hold a hash of what is in them: under one name there is never anything else.</summary>
    private const string Hashed = "/assets/";

    private readonly PageIndex _index;
    private readonly FrozenDictionary<string, PageFile> _files;

    private PageFiles(PageIndex index, FrozenDictionary<string, PageFile> files) => (_index, _files) = (index, files);

    /// <summary>Reads them.</summary>
    /// <param name="folder">Where they lie, each with its compressed forms beside it (<c>.br</c>, <c>.gz</c>).</param>
    /// <param name="hasFaultSwitches">Whether the database and Redis can be stopped here, for the page to know.</param>
    /// <returns>Null where no page was built.</returns>
    public static PageFiles? Read(string folder, bool hasFaultSwitches)
    {
        var index = Path.Combine(folder, Index);
        if (!File.Exists(index))
        {
            return null;
        }

        var types = new FileExtensionContentTypeProvider();
        var files = Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
            .Where(file => file != index && Path.GetExtension(file) is not (".br" or ".gz"))
            .Select(file => (Path: $"/{Path.GetRelativePath(folder, file).Replace('\\', '/')}", File: file))
            .ToFrozenDictionary(one => one.Path, one => ReadFile(one.File, one.Path.StartsWith(Hashed, StringComparison.Ordinal), types), StringComparer.Ordinal);
        return new PageFiles(new PageIndex(File.ReadAllText(index), hasFaultSwitches), files);
    }

    /// <summary>What answers a request's path, with its case: a file, the HTML at the paths that the page itself tells apart, or nothing.</summary>
    public PageFile? Find(HttpRequest request)
    {
        var path = request.Path.Value ?? "";
        return _files.GetValueOrDefault(path) ?? (Route().IsMatch(path) ? _index.Below(request.PathBase) : null);
    }

    private static PageFile ReadFile(string file, bool isHashed, FileExtensionContentTypeProvider types)
    {
        var type = types.TryGetContentType(file, out var known) ? known : "application/octet-stream";
        return new PageFile(
            type.StartsWith("text/", StringComparison.Ordinal) ? $"{type}; charset=utf-8" : type,
            isHashed ? "public, max-age=31536000, immutable" : "no-cache",
            File.ReadAllBytes(file),
            [.. from form in ((string Coding, string Extension)[])[("br", ".br"), ("gzip", ".gz")] where File.Exists(file + form.Extension) select (form.Coding, File.ReadAllBytes(file + form.Extension))]);
    }

    [GeneratedRegex(@"^(/?|/experiments/[^/]+|/observatory|/sign-in|/sign-up)\z")]
    private static partial Regex Route();
}
