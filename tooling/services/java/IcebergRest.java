import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.Map;
import org.apache.iceberg.CatalogUtil;
import org.apache.iceberg.Files;
import org.apache.iceberg.io.FileIO;
import org.apache.iceberg.io.InputFile;
import org.apache.iceberg.io.OutputFile;
import org.apache.iceberg.rest.RESTCatalogAdapter;
import org.apache.iceberg.rest.RESTCatalogServlet;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;

/**
 * The REST catalog that Apache Iceberg tests its own clients with, on loopback alone: the stock main listens
 * on every interface. Its parameter is the port; the environment has the properties of each backing catalog, as
 * JSON, by the path that it is served below: they may be secret.
 */
public final class IcebergRest {
  public static void main(String[] parameters) throws Exception {
    var catalogs =
        new ObjectMapper()
            .readValue(
                System.getenv("ICEBERG_REST_CATALOGS"),
                new TypeReference<Map<String, Map<String, String>>>() {});
    var context = new ServletContextHandler(ServletContextHandler.NO_SESSIONS);
    for (var entry : catalogs.entrySet()) {
      var catalog = CatalogUtil.buildIcebergCatalog("floe", entry.getValue(), null);
      var servlet = new BelowPath(entry.getKey(), new RESTCatalogAdapter(catalog));
      context.addServlet(new ServletHolder(servlet), entry.getKey() + "/*");
    }
    // Names with a slash or a percent sign are the catalog's to judge, not the web server's.
    context.getServletHandler().setDecodeAmbiguousURIs(true);
    var server = new Server(new InetSocketAddress("127.0.0.1", Integer.parseInt(parameters[0])));
    ((ServerConnector) server.getConnectors()[0])
        .getConnectionFactory(HttpConnectionFactory.class)
        .getHttpConfiguration()
        .setUriCompliance(UriCompliance.UNSAFE);
    server.setHandler(context);
    server.start();
    server.join();
  }

  /** Answers as if it stood at the root: Iceberg's servlet takes the whole path for a route. */
  private static final class BelowPath extends RESTCatalogServlet {
    private final int length;

    private BelowPath(String path, RESTCatalogAdapter adapter) {
      super(adapter);
      this.length = path.length();
    }

    @Override
    public void service(ServletRequest request, ServletResponse response)
        throws ServletException, IOException {
      super.service(
          new HttpServletRequestWrapper((HttpServletRequest) request) {
            @Override
            public String getRequestURI() {
              return super.getRequestURI().substring(length);
            }
          },
          response);
    }
  }

  /** Files of this machine, by path or file: address, without the 60 MB that Hadoop's takes. */
  public static final class LocalFileIO implements FileIO {
    @Override
    public InputFile newInputFile(String location) {
      return Files.localInput(path(location).toFile());
    }

    @Override
    public OutputFile newOutputFile(String location) {
      return Files.localOutput(path(location).toFile());
    }

    @Override
    public void deleteFile(String location) {
      if (!path(location).toFile().delete()) {
        throw new org.apache.iceberg.exceptions.NotFoundException("No file %s", location);
      }
    }

    private static Path path(String location) {
      return Path.of(location.replaceFirst("^file:(//)?(?=/)", ""));
    }
  }
}
