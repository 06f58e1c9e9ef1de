using System.Globalization;
using System.IO.Hashing;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;
using NeuroLab.WebApi.Freshness;
using NeuroLab.WebApi.Http;

namespace NeuroLab.WebApi.Page;

/// <summary>One file of the page as it is answered: as it is, and compressed where that makes it smaller. Immutable, and so thread-safe.</summary>
internal sealed class PageFile
{
    private const string Identity = "identity";

    private readonly string _contentType;
    private readonly string _cacheControl;
    private readonly Form[] _forms;

    /// <summary>Makes one.</summary>
    /// <param name="contentType">What it is.</param>
    /// <param name="cacheControl">How long a browser may use it without asking.</param>
    /// <param name="plain">The file.</param>
    /// <param name="compressed">The same by content coding (<c>br</c>, <c>gzip</c>), the best first.</param>
    public PageFile(string contentType, string cacheControl, byte[] plain, params (string Coding, byte[] Bytes)[] compressed)
    {
        (_contentType, _cacheControl) = (contentType, cacheControl);
        _forms = [.. compressed.Where(one => one.Bytes.Length < plain.Length).Append((Identity, plain)).Select(one => new Form(one.Item1, one.Item2))];
    }

    /// <summary>Answers a GET or a HEAD with it: in the coding that the client likes best, and without a body where the client has it already.</summary>
    public Task WriteAsync(HttpContext http)
    {
        var form = Choose(http.Request.Headers.AcceptEncoding);
        var (response, headers) = (http.Response, http.Response.Headers);
        headers.ETag = form.Tag;
        headers.CacheControl = _cacheControl;
        headers.Append(HeaderNames.Vary, HeaderNames.AcceptEncoding);
        headers.ContentSecurityPolicy = ResponseHeaders.PageAllowed;
        if (EntityTag.Matches(http.Request.Headers.IfNoneMatch, form.Tag))
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return Task.CompletedTask;
        }

        response.ContentType = _contentType;
        response.ContentLength = form.Bytes.Length;
        if (form.Coding != Identity)
        {
            headers.ContentEncoding = form.Coding;
        }

        return HttpMethods.IsHead(http.Request.Method) ? Task.CompletedTask : response.Body.WriteAsync(form.Bytes, http.RequestAborted).AsTask();
    }

    /// <summary>The coding that is accepted with the most weight (RFC 9110, 12.5.3), of equals the one that is smaller. Who accepts none gets the file as it is.</summary>
    private Form Choose(StringValues accepted)
    {
        var best = (Form: _forms[^1], Weight: 0.0);
        if (StringWithQualityHeaderValue.TryParseList(accepted, out var wishes))
        {
            foreach (var form in _forms)
            {
                if (WeightOf(form.Coding, wishes) is var weight && weight > best.Weight)
                {
                    best = (form, weight);
                }
            }
        }

        return best.Form;
    }

    private static double WeightOf(string coding, IList<StringWithQualityHeaderValue> wishes)
    {
        var wish = wishes.FirstOrDefault(one => one.Value.Equals(coding, StringComparison.OrdinalIgnoreCase)) ?? wishes.FirstOrDefault(one => one.Value == "*");
        return wish is null ? 0 : wish.Quality ?? 1;
    }

    /// <summary>The bytes of one coding, with a tag of their own: a strong tag means the same bytes.</summary>
    private sealed record Form(string Coding, byte[] Bytes)
    {
        public string Tag { get; } = string.Create(CultureInfo.InvariantCulture, $"\"{XxHash128.HashToUInt128(Bytes):x32}\"");
    }
}
